import assert from "node:assert/strict";

const names: ReadonlyMap<number, string> = new Map([
  [0x7fff0000, "allow"],
  [0x00050000, "success"],
  [0x00050001, "EPERM"],
  [0x00050026, "ENOSYS"],
  [0x0005005d, "EPROTONOSUPPORT"],
  [0x00050061, "EAFNOSUPPORT"],
]);

/** What the kernel would do with a system call: runs a filter as seccomp(2) describes. */
export function interpret(program: string, architecture: number, call: number, args: readonly number[] = []): string {
  const data = Buffer.alloc(64);
  data.writeUInt32LE(call >>> 0, 0);
  data.writeUInt32LE(architecture, 4);
  args.forEach((value, index) => data.writeBigUInt64LE(BigInt.asUintN(64, BigInt(value)), 16 + 8 * index));
  const [length = 0, ...numbers] = program.split(" ").map(Number);
  assert.equal(numbers.length, 4 * length);
  let word = 0;
  for (let at = 0; at < length; at += 1) {
    const [code, jt = 0, jf = 0, k = 0] = numbers.slice(4 * at);
    const skip = (holds: boolean): void => {
      at += holds ? jt : jf;
    };
    if (code === 0x06) return names.get(k) ?? `unknown answer ${k}`;
    if (code === 0x20) word = data.readUInt32LE(k);
    else if (code === 0x15) skip(word === k);
    else if (code === 0x25) skip(word > k);
    else if (code === 0x35) skip(word >= k);
    else if (code === 0x45) skip((word & k) !== 0);
    else if (code === 0x54) word &= k;
    else throw new Error(`unknown instruction ${code}`);
  }
  throw new Error("the program has no end");
}
