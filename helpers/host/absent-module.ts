// Replaces packages that other packages ask for but do not need (see Makefile). Without this, Bun would look for them
// at run time, in the working directory.
export {};
