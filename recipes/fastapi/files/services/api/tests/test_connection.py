import unittest

from app.connection import connection_from_environment

LINKED = {"DB_HOST": "db.notes", "DB_USER": "app", "DB_PASSWORD": "x", "DB_NAME": "app"}


class Connection(unittest.TestCase):
    def test_needs_the_variables_of_the_link(self):
        with self.assertRaises(KeyError):
            connection_from_environment({})

    def test_checks_the_certificate_where_an_authority_is_named(self):
        self.assertNotIn("sslmode", connection_from_environment(LINKED))
        checked = connection_from_environment({**LINKED, "DB_CA_FILE": "/ca.pem"})
        self.assertEqual(checked["sslmode"], "verify-full")
        self.assertEqual(checked["sslrootcert"], "/ca.pem")


if __name__ == "__main__":
    unittest.main()
