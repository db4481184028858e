import { AF_INET, AF_INET6, AF_NETLINK, AF_PACKET, type FilterPlan, withRights } from "./plan-filter.ts";
import type { SystemCalls } from "./system-calls.ts";

/** One instruction of a classic BPF program: struct sock_filter of linux/filter.h. */
interface Instruction {
  readonly code: number;
  /** How many instructions to skip if the comparison holds, and if it does not. */
  readonly jt: number;
  readonly jf: number;
  readonly k: number;
}

// linux/bpf_common.h
const LOAD = 0x20; // BPF_LD | BPF_W | BPF_ABS
const EQUAL = 0x15; // BPF_JMP | BPF_JEQ | BPF_K
const GREATER = 0x25; // BPF_JMP | BPF_JGT | BPF_K
const AT_LEAST = 0x35; // BPF_JMP | BPF_JGE | BPF_K
const ANY_BIT = 0x45; // BPF_JMP | BPF_JSET | BPF_K
const AND = 0x54; // BPF_ALU | BPF_AND | BPF_K
const RETURN = 0x06; // BPF_RET | BPF_K

// linux/seccomp.h
const SECCOMP_RET_ALLOW = 0x7fff0000;
const SECCOMP_RET_ERRNO = 0x00050000;
const errors = { EPERM: 1, ENOSYS: 38, EPROTONOSUPPORT: 93, EAFNOSUPPORT: 97 };

// linux/net.h. Above these bits a type of a socket has flags.
const SOCK_TYPE_MASK = 0xf;
const SOCK_RAW = 3;
const SOCK_PACKET = 10;

// struct seccomp_data: the call, the architecture, the address of the instruction, six arguments of 64 bits. Both
// architectures keep the lower half of an argument first.
const CALL = 0;
const ARCHITECTURE = 4;
const argument = (index: number): number => 16 + 8 * index;

// CLONE_NEW* of linux/sched.h. CLONE_NEWTIME is for unshare(2) alone: clone(2) has a signal there.
const newNamespaces = 0x7e020000;
const newTime = 0x80;

const load = (offset: number): Instruction => ({ code: LOAD, jt: 0, jf: 0, k: offset });
const allow: Instruction = { code: RETURN, jt: 0, jf: 0, k: SECCOMP_RET_ALLOW };
const fail = (error: keyof typeof errors): Instruction => ({
  ...{ code: RETURN, jt: 0, jf: 0 },
  k: SECCOMP_RET_ERRNO | errors[error],
});
const jump = (code: number, k: number, jt: number, jf: number): Instruction => ({ code, jt, jf, k });

/**
 * Assembles a filter for inside/filter, in the words of `tcpdump -ddd`: the number of instructions, then code, jt, jf
 * and k of each.
 */
export function assembleFilter(plan: FilterPlan, { architecture, foreignFrom, numbers }: SystemCalls): string {
  const numberOf = (call: string): number => {
    const number = numbers.get(call);
    if (number === undefined) throw new Error(`no number of ${call}`);
    return number;
  };
  const denied = [...plan.denied].flatMap(([call, error]) => {
    const number = numbers.get(call);
    return number === undefined ? [] : jumpUnless(number, [fail(error)]);
  });
  return encode([
    load(ARCHITECTURE),
    jump(EQUAL, architecture, 1, 0),
    fail("ENOSYS"),
    load(CALL),
    ...(foreignFrom === undefined ? [] : [jump(AT_LEAST, foreignFrom, 0, 1), fail("ENOSYS")]),
    ...failUnknown([...numbers.values()]),
    ...denied,
    ...(plan.pretendsPriority ? jumpUnless(numberOf("setpriority"), pretendIfNegative) : []),
    ...(plan.makesNamespaces
      ? []
      : [
          ...jumpUnless(numberOf("clone"), failOnBits(newNamespaces)),
          ...jumpUnless(numberOf("unshare"), failOnBits(newNamespaces | newTime)),
        ]),
    ...(plan.families === undefined ? [] : jumpUnless(numberOf("socket"), checkSocket(plan.families, plan))),
    allow,
  ]);
}

const jumpUnless = (number: number, then: readonly Instruction[]): readonly Instruction[] => [
  jump(EQUAL, number, 0, then.length),
  ...then,
];

/** Numbers that we do not know are those of newer kernels: programs then do without. */
function failUnknown(known: readonly number[]): readonly Instruction[] {
  const sorted = [...known].sort((one, other) => one - other);
  const found: Instruction[] = [];
  sorted.forEach((number, index) => {
    const next = sorted[index + 1];
    if (next === undefined) found.push(jump(GREATER, number, 0, 1), fail("ENOSYS"));
    else if (next > number + 1) found.push(jump(GREATER, number, 0, 2), jump(AT_LEAST, next, 1, 0), fail("ENOSYS"));
  });
  return found;
}

// The third argument is an int.
const pretendIfNegative: readonly Instruction[] = [
  load(argument(2)),
  jump(AT_LEAST, 0x80000000, 0, 1),
  { ...allow, k: SECCOMP_RET_ERRNO },
  allow,
];

const failOnBits = (bits: number): readonly Instruction[] => [
  load(argument(0)),
  jump(ANY_BIT, bits, 0, 1),
  fail("EPERM"),
  allow,
];

function checkSocket(
  families: readonly number[],
  { netlink, inet }: Pick<FilterPlan, "netlink" | "inet">,
): readonly Instruction[] {
  const ofNetlink = [
    ...[load(argument(2)), ...oneOf(netlink)],
    ...withRights.flatMap((protocol) => jumpUnless(protocol, [fail("EPERM")])),
    fail("EAFNOSUPPORT"),
  ];
  // The kernel makes a socket of AF_PACKET of one of AF_INET with this type (packet(7)).
  const packet = families.includes(AF_PACKET) ? allow : fail("EPERM");
  const ofInet = [
    ...[load(argument(1)), { code: AND, jt: 0, jf: 0, k: SOCK_TYPE_MASK }, ...oneOf([SOCK_RAW])],
    ...jumpUnless(SOCK_PACKET, [packet]),
    ...[load(argument(2)), ...oneOf(inet), fail("EPROTONOSUPPORT")],
  ];
  const checks: readonly (readonly [family: number, check: readonly Instruction[]])[] = [
    [AF_NETLINK, ofNetlink],
    [AF_INET, ofInet],
    [AF_INET6, ofInet],
  ];
  const checked = checks.filter(([family]) => families.includes(family));
  return [
    load(argument(0)),
    ...oneOf(families.filter((family) => !checked.some(([other]) => other === family))),
    ...checked.flatMap(([family, check]) => jumpUnless(family, check)),
    ...jumpUnless(AF_PACKET, [fail("EPERM")]),
    fail("EAFNOSUPPORT"),
  ];
}

const oneOf = (values: readonly number[]): readonly Instruction[] =>
  values.flatMap((value) => [jump(EQUAL, value, 0, 1), allow]);

const encode = (program: readonly Instruction[]): string =>
  [program.length, ...program.flatMap(({ code, jt, jf, k }) => [code, jt, jf, k >>> 0])].join(" ");
