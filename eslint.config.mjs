import js from '@eslint/js';
import boundaries from 'eslint-plugin-boundaries';
import reactHooks from 'eslint-plugin-react-hooks';
import tseslint from 'typescript-eslint';

/** Who may import whom; the drawing is in ARCHITECTURE.md. A part may always import itself. */
const IMPORTS = {
  contracts: [],
  config: ['contracts'],
  temporal: ['contracts', 'config'],
  data: ['contracts', 'config'],
  engines: ['contracts', 'config'],
  entities: ['contracts'],
  endpoints: ['contracts', 'config'],
  checks: ['contracts', 'config'],
  // The API may not look at what these look at: sockets, keys, programs.
  'worker-checks': ['contracts', 'config', 'checks', 'agents', 'endpoints', 'engines', 'entities', 'launcher'],
  agents: ['contracts', 'data'],
  activities: ['contracts', 'config', 'agents', 'data', 'endpoints', 'engines', 'entities', 'temporal'],
  workflows: ['contracts', 'temporal', 'activities'],
  api: ['contracts', 'config', 'checks', 'entities', 'data', 'temporal'],
  launcher: ['contracts', 'config', 'temporal'],
  cli: [
    ...['contracts', 'config', 'checks', 'worker-checks', 'agents', 'data', 'launcher', 'endpoints', 'entities'],
    ...['engines', 'temporal'],
  ],
  worker: [
    ...['contracts', 'config', 'checks', 'worker-checks', 'agents', 'activities', 'endpoints', 'engines', 'entities'],
    ...['temporal', 'data'],
  ],
};

const part = (type, ...patterns) => patterns.map((pattern) => ({ type, pattern, mode: 'full' }));

export default tseslint.config(
  {
    ignores: [
      'dist/',
      'node_modules/',
      'data/',
      '.runtime/',
      'coverage/',
      'web/src/lib/api-types.ts',
      'test/workflows/histories/',
    ],
  },
  js.configs.recommended,
  ...tseslint.configs.recommended,
  {
    files: ['src/**/*.ts', 'test/**/*.ts', 'bench/**/*.ts'],
    languageOptions: { parserOptions: { project: './tsconfig.json', tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: false }],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/return-await': ['error', 'error-handling-correctness-only'],
    },
  },
  {
    rules: {
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true },
      ],
    },
  },
  {
    // Nest reads constructor types at run time: a type-only import would erase them.
    files: ['src/api/**/*.ts'],
    rules: { '@typescript-eslint/consistent-type-imports': 'off' },
  },
  {
    files: ['src/**/*.ts'],
    ignores: ['src/**/*.test.ts'],
    plugins: { boundaries },
    settings: {
      'import/resolver': { node: { extensions: ['.ts'] } },
      'boundaries/elements': [
        ...part('config', 'src/config.ts', 'src/logger.ts'),
        ...part('worker', 'src/worker.ts', 'src/reconciler.ts', 'src/dataset-reconciler.ts', 'src/heartbeat.ts'),
        ...part('checks', 'src/checks/*.ts'),
        ...part('worker-checks', 'src/checks/worker/*.ts'),
        ...Object.keys(IMPORTS)
          .filter((name) => !['config', 'worker', 'checks', 'worker-checks'].includes(name))
          .flatMap((name) => part(name, `src/${name}/**/*`)),
      ],
    },
    rules: {
      'no-restricted-properties': [
        'error',
        { object: 'process', property: 'env', message: 'Read src/config.ts instead.' },
      ],
      'boundaries/element-types': [
        'error',
        {
          default: 'disallow',
          rules: Object.entries(IMPORTS).map(([from, allow]) => ({ from, allow: [from, ...allow] })),
        },
      ],
    },
  },
  {
    files: ['src/config.ts', 'src/launcher/**/*.ts', 'src/engines/**/*.ts'],
    rules: { 'no-restricted-properties': 'off' },
  },
  {
    // Workflow code is replayed: nothing but types may come from the activities.
    files: ['src/workflows/**/*.ts'],
    ignores: ['src/**/*.test.ts'],
    rules: {
      '@typescript-eslint/no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              group: ['../activities*', 'node:*'],
              allowTypeImports: true,
              message: 'Workflow code must stay deterministic.',
            },
          ],
        },
      ],
    },
  },
  {
    files: ['web/**/*.{ts,tsx}'],
    plugins: { 'react-hooks': reactHooks },
    rules: { ...reactHooks.configs.recommended.rules },
  },
  {
    files: ['**/*.mjs', '**/*.cjs', 'bin/*'],
    languageOptions: {
      globals: {
        process: 'readonly',
        console: 'readonly',
        URL: 'readonly',
        fetch: 'readonly',
        FormData: 'readonly',
        setTimeout: 'readonly',
        clearTimeout: 'readonly',
        setInterval: 'readonly',
        clearInterval: 'readonly',
        AbortSignal: 'readonly',
        AbortController: 'readonly',
        TextDecoder: 'readonly',
        Buffer: 'readonly',
        performance: 'readonly',
        module: 'writable',
        require: 'readonly',
        __dirname: 'readonly',
      },
    },
    rules: { '@typescript-eslint/no-require-imports': 'off' },
  },
  {
    // These run inside a page.
    files: ['bench/lib/pages.mjs'],
    languageOptions: {
      globals: {
        globalThis: 'readonly',
        document: 'readonly',
        scrollBy: 'readonly',
        requestAnimationFrame: 'readonly',
        MutationObserver: 'readonly',
        PerformanceObserver: 'readonly',
      },
    },
  },
);
