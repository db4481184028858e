// Loaded before the tests that share a process: what one of them leaves changed in it, the others would meet.
const readProcess = (): ReadonlyMap<string, string | undefined> =>
  new Map([["the working directory", process.cwd()], ...Object.entries(process.env)]);

const before = readProcess();
process.on("exit", () => {
  const after = readProcess();
  const changed = [...new Set([...before.keys(), ...after.keys()])].filter((key) => before.get(key) !== after.get(key));
  if (changed.length === 0) return;
  process.stderr.write(`A test has changed ${changed.join(", ")} of its process; see test/unit-tests\n`);
  process.exitCode = 1;
});
