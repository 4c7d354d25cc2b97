/** Injection names of what is a value, not a class. */
export const CONFIG = Symbol('Config');
export const LOGGER = Symbol('Logger');
