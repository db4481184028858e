/** A value that its setting does not take; the message says what was expected. Whoever knows the place adds it. */
export class ValueError extends Error {
  override readonly name = "ValueError";
}
