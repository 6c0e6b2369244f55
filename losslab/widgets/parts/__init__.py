"""What the live figures are made of: their bases, pictures, heights, built files."""
