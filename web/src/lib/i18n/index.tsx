import { createContext, useCallback, useContext, useEffect, useMemo, useState, type ReactNode } from 'react';
import { en, type Dictionary } from './en';
import { es } from './es';

export const LANGUAGES = { en, es } satisfies Record<string, Dictionary>;
export type Language = keyof typeof LANGUAGES;

const STORAGE_KEY = 'automl.language';

interface I18n {
  language: Language;
  /** The browser's own variant of the language, for numbers and dates: a Briton's English is not an American's. */
  locale: string;
  t: Dictionary;
  setLanguage(language: Language): void;
}

const I18nContext = createContext<I18n | null>(null);

function isLanguage(value: string | null | undefined): value is Language {
  return value !== null && value !== undefined && value in LANGUAGES;
}

/** What was chosen before, else the first language of the browser that we speak, else English. */
function initialLanguage(): Language {
  const chosen = stored();
  if (isLanguage(chosen)) return chosen;
  return navigator.languages.map((tag) => tag.slice(0, 2).toLowerCase()).find(isLanguage) ?? 'en';
}

function stored(): string | null {
  try {
    return localStorage.getItem(STORAGE_KEY);
  } catch {
    return null;
  }
}

export function I18nProvider({ children }: { children: ReactNode }) {
  const [language, choose] = useState<Language>(initialLanguage);
  useEffect(() => {
    document.documentElement.lang = language;
  }, [language]);
  const setLanguage = useCallback((next: Language) => {
    choose(next);
    try {
      localStorage.setItem(STORAGE_KEY, next);
    } catch {
      // Storage may be blocked; the choice lasts for this page.
    }
  }, []);
  const locale = navigator.languages.find((tag) => tag.startsWith(language)) ?? language;
  const value = useMemo(
    () => ({ language, locale, t: LANGUAGES[language], setLanguage }),
    [language, locale, setLanguage],
  );
  return <I18nContext.Provider value={value}>{children}</I18nContext.Provider>;
}

export function useI18n(): I18n {
  const value = useContext(I18nContext);
  if (!value) throw new Error('useI18n outside I18nProvider');
  return value;
}
