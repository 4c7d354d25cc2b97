/** How many times a script phase may be repaired after its first attempt. */
export const MAX_FIX_ATTEMPTS = 3;

/** Characters of a summary in the Temporal UI; the server refuses more than 200 bytes. */
export const SUMMARY_CHARACTERS = 120;

/** Turns of one agent in one step: more than its tool calls and repairs can need (src/activities/conversation.ts). */
export const MAX_TURNS = 20;
