"""What wraps the keys at the top: a passphrase, or a key service that other people run."""
