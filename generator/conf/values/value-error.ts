/** A value that its setting does not accept. The message says what was expected; the caller adds the place. */
export class ValueError extends Error {
  override readonly name = "ValueError";
}
