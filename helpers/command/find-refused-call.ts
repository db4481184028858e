// System calls that need a right over the host (user_namespaces(7)), which root inside never has, and their purposes.
const calls: Readonly<Record<string, string>> = {
  setpriority: "to raise its priority",
  sched_setscheduler: "to run before other processes",
  mlockall: "to lock its memory",
  adjtimex: "to set the clock",
  clock_settime: "to set the clock",
  settimeofday: "to set the clock",
  iopl: "to use ports of the hardware",
  ioperm: "to use ports of the hardware",
  klogctl: "to read the kernel's messages",
  quotactl: "to set quotas",
};

/**
 * Finds out what a program may be refused, if it does not say so: the name of a call is in the program's file, as a
 * word of its own (elf(5), SHT_STRTAB). Undefined if it has none of these calls.
 */
export function findRefusedCall(program: Buffer): { readonly call: string; readonly purpose: string } | undefined {
  const found = Object.entries(calls).find(([call]) => program.includes(`\0${call}\0`));
  return found === undefined ? undefined : { call: found[0], purpose: found[1] };
}
