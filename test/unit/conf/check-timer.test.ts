import assert from "node:assert/strict";
import { test } from "node:test";
import { mergeText } from "./conf-of.ts";

const messages = (text: string): string =>
  mergeText(text)
    .errors.map(({ message }) => message.replace("/etc/sandboxcontainer/web.conf", ""))
    .join();
const job = (lines: string, more = ""): string => messages(`[Sandbox]\nExec=/bin/x\n[Timer]\n${lines}\n${more}`);

test("a job is a command with a time, whichever key says it", () => {
  for (const key of ["OnCalendar", "OnActiveSec", "OnBootSec", "OnStartupSec", "OnUnitActiveSec", "OnUnitInactiveSec"])
    assert.equal(job(`${key}=1h`), "", key);
  for (const line of ["OnClockChange=yes", "OnTimezoneChange=true"]) assert.equal(job(line), "", line);
});

test("a section that says no time is told where it begins", () => {
  for (const lines of ["Persistent=yes", "OnClockChange=no", "OnTimezoneChange=perhaps", "AccuracySec=1s\nOnCalendar="])
    assert.equal(job(lines), ":4: [Timer] does not say when the job starts", lines);
  assert.equal(job("OnCalendar=daily\nOnBootSec="), "");
});

test("a time whose key is misspelt is not said to be missing as well", () => {
  assert.equal(job("OnCalender=daily\nPersistent=yes"), ":4: OnCalender= is not a key of [Timer]");
  assert.match(job("Persistnt=yes\nAccuracySec=1s"), /:4: Persistnt= .*,:5: \[Timer\] does not say/);
});

test("a sandbox of units cannot be a job, and one without anything to run is told that only", () => {
  assert.match(
    messages("[Sandbox]\nUnit=a.service\n[Timer]\nOnCalendar=daily\n"),
    /^:4: \[Timer\] works only with Exec=/,
  );
  assert.match(messages("[Sandbox]\nCopy=yes\n[Timer]\nOnCalendar=daily\n"), /^: nothing to run: [^:]*$/);
});

test("the timer starts the sandbox and no other unit", () => {
  const [error] = mergeText("[Sandbox]\nExec=/bin/x\n[Timer]\nOnCalendar=daily\nUnit=b.service\n").errors;
  assert.match(error?.message ?? "", /:5: Unit= in \[Timer\] is fixed/);
  assert.equal(error?.hint, "Remove it; Exec= says what runs");
});

test("nothing else may start a job again and again", () => {
  const onDemand = "[Network]\nPublish=80:80\nOnDemand=yes\n";
  assert.match(job("OnCalendar=daily", onDemand), /^:7: OnDemand= cannot be used with \[Timer\]/);
  for (const value of ["always", "on-success"])
    assert.match(
      job("OnCalendar=daily", `[Service]\nRestart=${value}\n`),
      new RegExp(`^:6: Restart=${value} would start`),
    );
  assert.equal(job("OnCalendar=daily", "[Service]\nRestart=always\nRestart=on-failure\n"), "");
});
