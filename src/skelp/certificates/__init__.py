"""Makes and reads X.509 certificates. The only package that imports cryptography."""
