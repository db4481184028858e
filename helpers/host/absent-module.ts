// Stands for packages that others ask for and do without (see Makefile). Left to the run time, Bun would look for them in the working directory.
export {};
