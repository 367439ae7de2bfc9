"""Django's backend for SQLCipher: `ENGINE = "muniment.database.sqlcipher"`."""
