/** How many times a script phase may be repaired after its first attempt. */
export const MAX_FIX_ATTEMPTS = 3;

/** How often a user may have a job trained again after its result was shown. */
export const MAX_RETRAININGS = 5;

/** Characters of a summary in the Temporal UI; the server refuses more than 200 bytes. */
export const SUMMARY_CHARACTERS = 120;

/** Turns of one agent in one step: more than its tool calls and repairs can need (src/activities/conversation.ts). */
export const MAX_TURNS = 20;

/** How often a model may mend a query that can't be used. */
export const MAX_DRAFT_REPAIRS = 1;

/** Seconds of a draft's minute that its activities leave to the workflow, so that it can say what went wrong. */
export const DRAFT_RESERVE_SECONDS = 5;

/** Seconds of a scoring's time that its activity leaves to the workflow, so that it can say what went wrong. */
export const SCORE_RESERVE_SECONDS = 10;
