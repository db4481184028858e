/** A line of the journal, as journalctl prints it. */
export interface LogLine {
  readonly __CURSOR: string;
  readonly __REALTIME_TIMESTAMP: string;
  readonly PRIORITY?: string;
  readonly SYSLOG_IDENTIFIER?: string | null;
  readonly _COMM?: string | null;
  readonly MESSAGE?: string | readonly number[] | null;
}
