# See copy-console: escape sequences, control characters, and the time that journald puts before what it forwards.
s/\x1b(\[[0-?]*[ -/]*[@-~]|[]PX^_][^\x07\x1b]*(\x07|\x1b\\)?|[ -/]*[0-~])//g
s/[\x01-\x08\x0b-\x1f\x7f]//g
s/^\[ *[0-9]+\.[0-9]{6}\] //
