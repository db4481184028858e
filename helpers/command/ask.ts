import { createInterface } from "node:readline/promises";

/** Asks a person on the terminal. Returns undefined if there is no answer: Ctrl-C, Ctrl-D, or the terminal is gone. */
export async function ask(question: string): Promise<string | undefined> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const closed = new Promise<undefined>((resolve) => {
    terminal.once("close", () => {
      resolve(undefined);
    });
  });
  // Ctrl-C and Ctrl-D reject.
  const answer = await Promise.race([terminal.question(question).catch(() => undefined), closed]);
  terminal.close();
  if (answer === undefined) process.stderr.write("\n");
  return answer?.trim();
}
