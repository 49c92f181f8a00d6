"""Django's way to PostgreSQL (`ENGINE` of the settings), with prepared statements that share their trips."""
