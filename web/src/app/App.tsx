import { localStorageColorSchemeManager, MantineProvider } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { Redirect, Route, Router, Switch } from 'wouter';
import { JobPage } from '../features/job/components/JobPage';
import { JobsPage } from '../features/jobs/components/JobsPage';
import { ApiError } from '../lib/http';
import { I18nProvider } from '../lib/i18n';
import { ErrorBoundary } from './ErrorBoundary';
import {
  AnalyticsPage,
  ComparePage,
  ConnectionPage,
  DataPage,
  DatasetPage,
  NewJobPage,
  ReportPage,
  SystemPage,
} from './pages';
import { NotFound } from './NotFound';
import { Shell } from './Shell';
import { cssVariables, theme } from './theme';

/** The same key as public/theme.js reads before the first paint. */
const colorScheme = localStorageColorSchemeManager({ key: 'automl.theme' });

const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 1000,
      // Answers that say no stay no; a server that is away may be back in a moment.
      retry: (count, error) => error instanceof ApiError && error.offline && count < 1,
      // Whether the server answers is what counts, not what the browser thinks of the network: loopback needs none.
      networkMode: 'always',
    },
    mutations: { networkMode: 'always' },
  },
});

export function App() {
  return (
    <I18nProvider>
      <MantineProvider
        theme={theme}
        cssVariablesResolver={cssVariables}
        colorSchemeManager={colorScheme}
        defaultColorScheme="auto"
      >
        <Notifications position="bottom-right" autoClose={4000} />
        <QueryClientProvider client={queries}>
          <ErrorBoundary>
            <Router>
              <Shell>
                <Switch>
                  <Route path="/">
                    <Redirect to="/app" replace />
                  </Route>
                  <Route path="/app" component={JobsPage} />
                  <Route path="/app/new" component={NewJobPage} />
                  <Route path="/app/compare" component={ComparePage} />
                  <Route path="/app/jobs/:id/report">{({ id }) => <ReportPage id={id} />}</Route>
                  <Route path="/app/jobs/:id">{({ id }) => <JobPage key={id} id={id} />}</Route>
                  <Route path="/app/data/connections/:id">{({ id }) => <ConnectionPage key={id} id={id} />}</Route>
                  <Route path="/app/data/:id">{({ id }) => <DatasetPage key={id} id={id} />}</Route>
                  <Route path="/app/data" component={DataPage} />
                  <Route path="/app/analytics" component={AnalyticsPage} />
                  <Route path="/app/system" component={SystemPage} />
                  <Route component={NotFound} />
                </Switch>
              </Shell>
            </Router>
          </ErrorBoundary>
        </QueryClientProvider>
      </MantineProvider>
    </I18nProvider>
  );
}
