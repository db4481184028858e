import assert from "node:assert/strict";
import { test } from "node:test";
import { runInBed } from "./bed.ts";
import { report } from "./report.ts";
import { useBrowser } from "./visit.ts";

const visit = useBrowser("sandboxcontainer create web1 --unit apache2.service --publish 8081:80 --start");

test("a user without rights sees the sandboxes, and what they may not do", async () => {
  const { page, go, takePicture, checkAccessibility, checkQuiet } = await visit({ user: "guest" });
  await page.getByText("You have limited access").waitFor();
  await page.getByRole("row", { name: /web1/ }).getByText("Running").waitFor();
  assert.equal(await page.getByRole("button", { name: /Create|Actions/ }).count(), 0);
  await checkAccessibility();
  await takePicture("limited");
  await runInBed("systemctl stop sandbox@web1");
  await page.getByRole("row", { name: /web1/ }).getByText("Stopped").waitFor();
  await go("/sandbox/web1/terminal");
  await page.getByRole("tab", { name: "Overview", selected: true }).waitFor();
  assert.equal(await page.getByRole("tab").count(), 1);
  await checkAccessibility();
  await checkQuiet();
  await runInBed("systemctl start sandbox@web1");
});

test("the page speaks German", async () => {
  const { page, go, takePicture, checkQuiet } = await visit({ language: "de-de" });
  await page.getByRole("button", { name: "Sandbox anlegen" }).waitFor();
  const row = page.getByRole("row", { name: /web1/ });
  await row.getByText("Läuft").waitFor();
  await row.getByText(/Sekunde|Minute|jetzt/).waitFor();
  await page.getByText("1 Sandbox", { exact: true }).waitFor();
  await go("/sandbox/web1/settings");
  await page.getByText("Nach Neustart").first().waitFor();
  await takePicture("german");
  await checkQuiet();
});

test("on a phone nothing is wider than the screen", async () => {
  const { page, go, takePicture, checkAccessibility, checkQuiet } = await visit({ width: 375 });
  await page.getByRole("link", { name: "web1" }).waitFor();
  for (const path of ["/", "/sandbox/web1", "/sandbox/web1/settings", "/sandbox/web1/files", "/create"]) {
    await go(path);
    await page.getByRole("heading", { level: 1 }).waitFor();
    await checkAccessibility();
    const wide = await page.locator("html").evaluate((html) => html.scrollWidth > html.clientWidth);
    assert.equal(wide, false, path);
  }
  await go("/");
  await takePicture("phone");
  await checkQuiet();
});

test("fifty and five hundred sandboxes are soon drawn", async () => {
  // The terminal of Cockpit is a light page to come from.
  for (const count of [50, 500]) {
    await runInBed(`for i in $(seq ${count - 1}); do
        printf '[Sandbox]\\nExec=/usr/bin/sleep infinity\\n' > /etc/sandboxcontainer/many$i.conf
      done; systemctl daemon-reload`);
    const { page, shell, checkQuiet } = await visit({ path: "/create" });
    await page.getByRole("heading", { level: 1 }).waitFor();
    await shell.goto("http://127.0.0.1:9090/system/services");
    await shell.getByRole("link", { name: "Sandboxes" }).waitFor();
    const began = performance.now();
    await shell.getByRole("link", { name: "Sandboxes" }).click();
    await page.getByText(`${count} sandboxes`).waitFor();
    report(`a list of ${count} is drawn`, performance.now() - began, "ms");
    const typed = performance.now();
    await page.getByRole("searchbox").fill("many49");
    await page.getByRole("link", { name: "many9", exact: true }).waitFor({ state: "detached" });
    report(`a list of ${count} is filtered`, performance.now() - typed, "ms");
    await checkQuiet();
  }
  await runInBed("rm -f /etc/sandboxcontainer/many*.conf; systemctl daemon-reload");
});

test("a page that is open costs one process of ours", async () => {
  // Cockpit keeps the sessions of earlier visits for a while.
  await runInBed(`pkill --full cockpit-[sb] || true
    for i in $(seq 100); do pgrep --full '[s]tats --follow' || exit 0; sleep 0.2; done; exit 1`);
  const { page } = await visit();
  await page.getByRole("row", { name: /web1/ }).getByText(/\d %/).waitFor();
  assert.equal(await runInBed("pgrep --count --full '[s]tats --follow'"), "1");
});
