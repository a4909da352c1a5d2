//! The whole server on a real port, with real sockets and a real database; and the floors of the house.
