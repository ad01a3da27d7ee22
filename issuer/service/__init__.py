"""What the issuer can do. Pages and the API call these methods and nothing below them."""
