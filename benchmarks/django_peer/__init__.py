"""The peer's application, as its documentation writes one."""
