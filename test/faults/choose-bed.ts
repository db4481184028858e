/** Reads the word after `--bed`. Ends the program if the parts of the lab do not run in such a bed. */
export function chooseBed(word: string): "native" | "selinux" {
  if (word === "native" || word === "selinux") return word;
  process.stderr.write(`--bed ${word}: a bed is native or selinux\n`);
  process.exit(2);
}
