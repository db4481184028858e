# See copy-console: what is not the last line is one of the sandbox's.
/^\x01ended/ {
	$ {
		w ended
		d
	}
}
