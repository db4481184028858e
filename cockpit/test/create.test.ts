import assert from "node:assert/strict";
import { test } from "node:test";
import { runInBed } from "./bed.ts";
import { useBrowser } from "./visit.ts";

const visit = useBrowser();

test("a service becomes a sandbox that answers", async () => {
  const { page, takePicture, checkAccessibility, checkQuiet } = await visit({ path: "/create" });
  await page.getByText(/\d+ services can be sandboxed/).waitFor();
  await page.getByRole("combobox", { name: "Service" }).pressSequentially("apache2.service");
  await page.getByText("The Apache HTTP Server ·").waitFor();
  // The name was proposed.
  assert.equal(await page.getByLabel("Name").inputValue(), "apache2");
  await page.getByLabel("Name").fill("web1");
  await page.getByLabel(/^Ports/).fill("8081:80");
  await page.getByRole("button", { name: "Data, network and limits" }).click();
  await page.getByLabel(/^Folders of the host/).fill("ram:/srv/ram=1M");
  await page.getByRole("button", { name: "Show what would be in it" }).click();
  await page.getByText("/etc/apache2/apache2.conf", { exact: true }).waitFor();
  assert.equal(await runInBed("ls /etc/sandboxcontainer/*.conf 2>/dev/null || true"), "");
  await checkAccessibility();
  await takePicture("create");
  await page.getByRole("button", { name: "Create", exact: true }).click();
  await page.getByRole("heading", { name: "web1", level: 1 }).waitFor();
  await page.getByText("Running").first().waitFor();
  assert.match(
    await runInBed("curl --silent http://127.0.0.1:8081/; cat /etc/sandboxcontainer/web1.conf"),
    /Apache2[^]*Mount=ram:/,
  );
  await checkQuiet();
});

test("what is wrong is said at the field, and nothing is made", async () => {
  const { page, checkAccessibility, checkQuiet } = await visit({ path: "/create" });
  await page.getByLabel("Name").fill("web1");
  await page.getByText("There is a sandbox web1 already").waitFor();
  await page.getByLabel("Name").fill("-x");
  await page.getByText("A name has letters").waitFor();
  await page.getByLabel("Name").fill("web2");
  await page.getByRole("combobox", { name: "Service" }).fill("apache2.service");
  await page.getByLabel(/^Ports/).fill("99999:80");
  await page.getByRole("button", { name: "Create", exact: true }).click();
  await page.getByText("The sandbox was not created").waitFor();
  await page.locator("form").getByText(/99999/).nth(1).waitFor();
  await checkAccessibility();
  assert.equal(await runInBed("ls /etc/sandboxcontainer/*.conf"), "/etc/sandboxcontainer/web1.conf");
  await checkQuiet();
});

test("a command runs, and a first failure is readable", async () => {
  const { page, checkQuiet } = await visit({ path: "/create" });
  await page.getByLabel("Name").fill("broken");
  await page.getByRole("radio", { name: "A command" }).check();
  await page.getByRole("textbox", { name: "Command" }).fill("/usr/bin/cat '/no such file'");
  await page.getByRole("button", { name: "Create", exact: true }).click();
  await page.getByRole("heading", { name: "broken", level: 1 }).waitFor();
  await page
    .getByText(/No such file or directory/)
    .first()
    .waitFor();
  assert.match(await runInBed("cat /etc/sandboxcontainer/broken.conf"), /Exec=\/usr\/bin\/cat "\/no such file"/);
  await checkQuiet();
});

test("what was made but does not start can be looked at", async () => {
  // This bed has no cgroup for limits.
  const { page, checkAccessibility, checkQuiet } = await visit({ path: "/create" });
  await page.getByRole("combobox", { name: "Service" }).fill("redis-server.service");
  await page.getByRole("button", { name: "Data, network and limits" }).click();
  await page.getByLabel(/^Most memory/).fill("1G");
  await page.getByRole("button", { name: "Create", exact: true }).click();
  await page.getByRole("link", { name: "Look at redis-server" }).click();
  await page.getByText("It failed. Its last words:").waitFor();
  await page
    .getByText(/cgroup version 2/)
    .first()
    .waitFor();
  assert.match(await runInBed("cat /etc/sandboxcontainer/redis-server.conf"), /MemoryMax=1G/);
  await checkAccessibility();
  await checkQuiet();
});
