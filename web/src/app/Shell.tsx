import {
  ActionIcon,
  Button,
  Group,
  Menu,
  Skeleton,
  useMantineColorScheme,
  type MantineColorScheme,
} from '@mantine/core';
import { Suspense, type ReactNode } from 'react';
import { Link, useLocation } from 'wouter';
import { LANGUAGES, useI18n, type Language } from '../lib/i18n';
import { AutoIcon, CheckIcon, GlobeIcon, MoonIcon, PlusIcon, SunIcon } from '../lib/icons';
import classes from './Shell.module.css';

const PAGES = [
  { href: '/app', name: 'jobs' },
  { href: '/app/data', name: 'data' },
  { href: '/app/analytics', name: 'analytics' },
  { href: '/app/system', name: 'system' },
] as const;

/** The frame of every page: where one is, the way to a new job, and the reader's own settings. */
export function Shell({ children }: { children: ReactNode }) {
  const { t } = useI18n();
  const [location] = useLocation();
  return (
    <>
      <a className="skip-link" href="#content">
        {t.app.skip}
      </a>
      <header className={classes.header}>
        <div className={classes.bar}>
          <Link href="/app" className={classes.brand} aria-label={t.app.name}>
            <img src="/favicon.svg" alt="" width={26} height={26} />
            <span className={classes.brandName}>{t.app.name}</span>
          </Link>
          <nav className={classes.nav} aria-label={t.app.name}>
            {PAGES.map(({ href, name }) => (
              <Link
                key={href}
                href={href}
                className={classes.link}
                aria-current={location === href ? 'page' : undefined}
              >
                {t[name].title}
              </Link>
            ))}
            <a href="/docs" className={classes.link}>
              {t.app.apiDocs}
            </a>
          </nav>
          <Group gap={6} wrap="nowrap">
            <LanguageMenu />
            <ThemeMenu />
            <Button component={Link} href="/app/new" leftSection={<PlusIcon size={16} />} ml={4}>
              {t.app.newJob}
            </Button>
          </Group>
        </div>
      </header>
      <main id="content" className={classes.main} tabIndex={-1}>
        <Suspense fallback={<Skeleton height={320} radius="lg" />}>{children}</Suspense>
      </main>
    </>
  );
}

const THEME_ICONS: Record<MantineColorScheme, ReactNode> = {
  auto: <AutoIcon />,
  light: <SunIcon />,
  dark: <MoonIcon />,
};

function ThemeMenu() {
  const { t } = useI18n();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" size="lg" aria-label={t.app.theme}>
          {THEME_ICONS[colorScheme]}
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {(['auto', 'light', 'dark'] as const).map((scheme) => (
          <Menu.Item
            key={scheme}
            leftSection={THEME_ICONS[scheme]}
            rightSection={scheme === colorScheme ? <CheckIcon size={15} /> : null}
            aria-current={scheme === colorScheme}
            onClick={() => setColorScheme(scheme)}
          >
            {t.app.themes[scheme]}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

function LanguageMenu() {
  const { t, language, setLanguage } = useI18n();
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" size="lg" aria-label={t.app.language}>
          <GlobeIcon />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {(Object.keys(LANGUAGES) as Language[]).map((code) => (
          <Menu.Item
            key={code}
            lang={code}
            rightSection={code === language ? <CheckIcon size={15} /> : null}
            aria-current={code === language}
            onClick={() => setLanguage(code)}
          >
            {LANGUAGES[code].languageName}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
