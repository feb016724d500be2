"""The formats of labelled pictures, a file each. `skelp_training.data.readers` lists them."""
