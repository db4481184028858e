import assert from "node:assert/strict";
import { test } from "node:test";
import { runInBed } from "./bed.ts";
import { report } from "./report.ts";
import { useBrowser } from "./visit.ts";

const visit = useBrowser();

test("a host without sandboxes is checked, and the first one can be made", async () => {
  const { page, takePicture, checkAccessibility, checkQuiet } = await visit();
  await page.getByRole("heading", { name: "No sandboxes yet" }).waitFor();
  await page
    .getByText(/AppArmor is enabled/)
    .or(page.getByText("This host can run sandboxes"))
    .first()
    .waitFor();
  await checkAccessibility();
  await takePicture("empty");
  await page.getByRole("button", { name: "Create a sandbox" }).click();
  await page.getByRole("textbox", { name: "Name" }).waitFor();
  await checkQuiet();
});

test("the list follows the host, and starts, stops and filters", async () => {
  const { page, shell, takePicture, checkAccessibility, checkQuiet } = await visit();
  await page.getByRole("heading", { name: "No sandboxes yet" }).waitFor();
  // Nobody loads the page again.
  await runInBed(`sandboxcontainer create web1 --unit apache2.service --publish 8081:80
    sandboxcontainer create web2 --unit apache2.service --publish 8082:80
    sandboxcontainer create sleeper -- /usr/bin/sleep infinity`);
  const row = (name: string) => page.getByRole("row", { name: new RegExp(`^(Choose )?${name}`) });
  await row("web1").getByText("Stopped").waitFor();
  assert.equal(await page.getByRole("link", { name: /^Port 8081/ }).getAttribute("href"), "http://127.0.0.1:8081/");

  await runInBed("systemctl start sandbox@sleeper");
  await row("sleeper").getByText("Running").waitFor();
  await row("sleeper").getByText(/\d %/).waitFor();
  await row("sleeper")
    .getByText(/\d [kM]B/)
    .waitFor();

  await page.getByRole("checkbox", { name: "Choose web1" }).check();
  await page.getByRole("checkbox", { name: "Choose web2" }).check();
  await page.getByRole("toolbar").getByRole("button", { name: "Start", exact: true }).click();
  await row("web1").getByText("Running").waitFor();
  await row("web2").getByText("Running").waitFor();
  assert.match(await runInBed("curl --silent http://127.0.0.1:8081/"), /Apache2/);
  await checkAccessibility();
  await takePicture("list");

  await page.getByRole("searchbox").fill("sleep");
  await row("web1").waitFor({ state: "detached" });
  assert.equal(await page.getByRole("row").count(), 2);
  await page.getByRole("searchbox").fill("");
  await page.getByRole("combobox", { name: "State" }).selectOption("stopped");
  await page.getByText("No sandbox is like that.").waitFor();
  await page.getByRole("combobox", { name: "State" }).selectOption("all");
  await page.getByRole("button", { name: "Name" }).click();
  assert.match(await page.getByRole("row").nth(1).innerText(), /web2/);

  await page.getByRole("button", { name: "Actions of sleeper" }).click();
  await page.getByRole("menuitem", { name: "Stop" }).click();
  await row("sleeper").getByText("Stopped").waitFor();
  await page.getByRole("button", { name: "Actions of sleeper" }).click();
  await page.getByRole("menuitem", { name: "Start at boot" }).click();
  await row("sleeper").getByText("Yes").waitFor();
  assert.equal(await runInBed("systemctl is-enabled sandbox@sleeper"), "enabled");
  await checkQuiet();

  // By the keyboard alone.
  await page.getByRole("button", { name: "Actions of sleeper" }).focus();
  await shell.keyboard.press("Enter");
  await page.getByRole("menuitem", { name: "Delete…" }).focus();
  await shell.keyboard.press("Enter");
  await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
  await page.getByRole("dialog").waitFor({ state: "detached" });
  await row("sleeper").waitFor({ state: "detached" });
  assert.equal(await runInBed("ls /var/lib/sandboxcontainer"), "web1\nweb2");
  await checkQuiet();
});

test("a start that fails says why, in words", async () => {
  const { page, checkQuiet } = await visit();
  await runInBed(`systemctl stop sandbox@web1
    systemd-run --quiet --unit=squatter python3 -m http.server 8081
    for i in 1 2 3 4 5 6 7 8 9; do ! ss -Hltn 'sport = :8081' | grep -q . || break; sleep 0.3; done`);
  try {
    await page.getByRole("button", { name: "Actions of web1" }).click();
    await page.getByRole("menuitem", { name: "Start", exact: true }).click();
    await page.getByText("web1 did not start").waitFor();
    await page.getByText(/8081/).first().waitFor();
    await checkQuiet();
  } finally {
    await runInBed("systemctl stop squatter; systemctl reset-failed");
  }
});

test("a change of state is soon seen", async () => {
  await runInBed("systemctl start sandbox@web2");
  const { page } = await visit();
  const row = page.getByRole("row", { name: /web2/ });
  await row.getByText("Running").waitFor();
  const began = performance.now();
  const seen = row.getByText(/Stopping|Stopped/).waitFor();
  await runInBed("systemctl stop --no-block sandbox@web2");
  await seen;
  // This includes the way into the bed.
  report("a stop is seen", performance.now() - began, "ms");
  await row.getByText("Stopped").waitFor();
});
