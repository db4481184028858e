import { relaxUnit, systemctl, tryBeside } from "./run/relax/relax-unit.ts";
import { formatSetting } from "./run/relax/service-settings.ts";

// relax UNIT: inside, `ended` runs this when systemd could not set up what a unit asks for, so that its program never
// ran. It turns off the settings that cannot work here and starts the unit again. Status 1: there is nothing to turn
// off.
const [unit = ""] = process.argv.slice(2);
const cleared = relaxUnit(unit, systemctl("cat", "--", unit), tryBeside(unit), "/etc");
for (const setting of cleared)
  process.stderr.write(`<4>${unit}: turned off ${formatSetting(setting)}, which cannot work here\n`);
if (cleared.length > 0) {
  systemctl("daemon-reload");
  systemctl("start", "--no-block", "--", unit);
}
process.exit(cleared.length > 0 ? 0 : 1);
