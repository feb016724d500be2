"""The station over HTTP. asyncio lives here and nowhere else."""
