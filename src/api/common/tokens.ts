/** Injection names of what is a value, not a class. */
export const CONFIG = Symbol('Config');
export const LOGGER = Symbol('Logger');
export const SECRETS = Symbol('secrets');
export const SQL_SOURCES = Symbol('sql sources');
