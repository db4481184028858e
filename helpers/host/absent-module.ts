// Replaces packages that other packages ask for but do not need (see Makefile). Without this, Bun would look for them
// at run time, in the working directory.
/** dbus-next makes one of xml2js for each connection, and uses it only to describe objects of ours. */
export const Builder = Object;
