// A room without sources yet still gives a library to link.
