"""The rehearsal's edge: the sockets, names and certificates by which clients reach what was deployed."""
