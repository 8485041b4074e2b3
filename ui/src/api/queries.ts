// How questions to the server behave: not asked again for a while, asked again when the page comes back to the front, tried again only
// where that can help.
import { QueryClient } from '@tanstack/react-query';
import { Problem } from './problems';

export function newQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 10_000,
        networkMode: 'always',
        retry: (failures, problem) => {
          const mayHelp = !(problem instanceof Problem) || problem.status === 0 || problem.status >= 502;
          return mayHelp && failures < 2;
        },
        retryDelay: (failures) => Math.min(1000 * 2 ** failures, 5000),
      },
      mutations: { networkMode: 'always', retry: false },
    },
  });
}
