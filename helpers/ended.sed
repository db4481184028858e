# See copy-console: only the last line is ours. The sandbox wrote any earlier one.
/^\x01ended/ {
	$ {
		w ended
		d
	}
}
