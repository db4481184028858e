/**
 * The second line of the file of a hold, if its command starts the sandbox again when it has ended. The first line names
 * the command.
 */
export const startsAgain = "starts it again";
