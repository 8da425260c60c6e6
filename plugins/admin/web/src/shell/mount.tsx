// Puts a page into the document, with what all pages stand on: the cache of answers, its routes, the messages.
import "../styles/index.css";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { StrictMode, type ReactNode } from "react";
import { createRoot } from "react-dom/client";
import { Router } from "wouter";
import { ApiError } from "../api/client";
import { NoticesProvider } from "../parts/notices";
import { followSystemTheme } from "../parts/theme";

const kAttempts = 2;

/** `base`: the path of the page, as in StaticPages. */
export function mount(base: string, page: ReactNode) {
  followSystemTheme();
  const client = new QueryClient({
    defaultOptions: {
      queries: {
        // The browser's own idea of "online" says nothing of a hub in the same network.
        networkMode: "always",
        staleTime: 5_000,
        // What was refused is not asked again; what failed on the way is.
        retry: (failures, error) =>
          failures < kAttempts && !(error instanceof ApiError && error.status >= 400 && error.status < 500),
        refetchOnWindowFocus: true,
      },
    },
  });
  createRoot(document.getElementById("root")!).render(
    <StrictMode>
      <QueryClientProvider client={client}>
        <Router base={base}>
          <NoticesProvider>{page}</NoticesProvider>
        </Router>
      </QueryClientProvider>
    </StrictMode>,
  );
}
