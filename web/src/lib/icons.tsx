import type { ReactNode } from 'react';

/** Drawn on a 24 grid, in the text's colour; always decorative, so that the words beside them are what is read. */
function icon(paths: ReactNode) {
  return function Icon({ size = 18 }: { size?: number }) {
    return (
      <svg
        width={size}
        height={size}
        viewBox="0 0 24 24"
        fill="none"
        stroke="currentColor"
        strokeWidth="1.8"
        strokeLinecap="round"
        strokeLinejoin="round"
        aria-hidden="true"
        focusable="false"
      >
        {paths}
      </svg>
    );
  };
}

export const PlusIcon = icon(<path d="M12 5v14M5 12h14" />);
export const CheckIcon = icon(<path d="M5 12.5l4.5 4.5L19 7.5" />);
export const CrossIcon = icon(<path d="M6 6l12 12M18 6L6 18" />);
export const UploadIcon = icon(<path d="M12 16V4m0 0L7 9m5-5l5 5M4 16v3a1 1 0 001 1h14a1 1 0 001-1v-3" />);
export const DownloadIcon = icon(<path d="M12 4v12m0 0l-5-5m5 5l5-5M4 19h16" />);
export const SearchIcon = icon(<path d="M10.5 17a6.5 6.5 0 100-13 6.5 6.5 0 000 13zM20 20l-4.8-4.8" />);
export const SunIcon = icon(
  <path d="M12 16a4 4 0 100-8 4 4 0 000 8zM12 2v2M12 20v2M4.9 4.9l1.4 1.4M17.7 17.7l1.4 1.4M2 12h2M20 12h2M4.9 19.1l1.4-1.4M17.7 6.3l1.4-1.4" />,
);
export const MoonIcon = icon(<path d="M20 14.5A8.5 8.5 0 119.5 4a7 7 0 0010.5 10.5z" />);
export const AutoIcon = icon(
  <>
    <path d="M12 21a9 9 0 100-18 9 9 0 000 18z" />
    <path d="M12 3a9 9 0 010 18z" fill="currentColor" stroke="none" />
  </>,
);
export const DotsIcon = icon(<path d="M12 5.5v.01M12 12v.01M12 18.5v.01" strokeWidth="2.6" />);
export const PencilIcon = icon(<path d="M4 20l1-4L16.5 4.5a2.1 2.1 0 013 3L8 19z" />);
export const TrashIcon = icon(<path d="M5 7h14M10 11v6M14 11v6M6 7l1 12a1 1 0 001 1h8a1 1 0 001-1l1-12M9 7V4h6v3" />);
export const RetryIcon = icon(<path d="M20 11a8 8 0 10-2.3 6.3M20 5v6h-6" />);
export const StopIcon = icon(<path d="M7 7h10v10H7z" />);
export const PauseIcon = icon(<path d="M8.500 6v12M15.500 6v12" />);
export const PlayIcon = icon(<path d="M8 5.500v13l10.500-6.500z" />);
export const SendIcon = icon(<path d="M4 12l16-8-6 16-3-6.500z" />);
export const FilterIcon = icon(<path d="M4 6h16M7 12h10M10 18h4" />);
export const ColumnsIcon = icon(<path d="M5 5h14v14H5zM10 5v14M14.500 5v14" />);
export const ForkIcon = icon(
  <path d="M7 8v8M7 8a2 2 0 100-4 2 2 0 000 4zM7 20a2 2 0 100-4 2 2 0 000 4zM17 8a2 2 0 100-4 2 2 0 000 4zM17 8c0 4-6 3-10 6" />,
);
export const LinkIcon = icon(<path d="M14 5h5v5M19 5l-8 8M17 14v4a1 1 0 01-1 1H6a1 1 0 01-1-1V8a1 1 0 011-1h4" />);
export const AlertIcon = icon(
  <path d="M12 8.5v4.5M12 16.5v.01M10.6 4.3L2.9 18a1.6 1.6 0 001.4 2.4h15.4a1.6 1.6 0 001.4-2.4L13.4 4.3a1.6 1.6 0 00-2.8 0z" />,
);
export const FileIcon = icon(<path d="M13 3H7a1 1 0 00-1 1v16a1 1 0 001 1h10a1 1 0 001-1V8zM13 3v5h5M9 13h6M9 17h4" />);
export const GlobeIcon = icon(
  <path d="M12 21a9 9 0 100-18 9 9 0 000 18zM3 12h18M12 3c2.5 2.6 3.6 5.6 3.6 9s-1.100 6.400-3.600 9c-2.500-2.600-3.600-5.600-3.600-9S9.500 5.600 12 3z" />,
);
export const CopyIcon = icon(
  <path d="M9 9h10v10a1 1 0 01-1 1H10a1 1 0 01-1-1zM15 9V5a1 1 0 00-1-1H5a1 1 0 00-1 1v9a1 1 0 001 1h4" />,
);
export const StarIcon = icon(
  <path
    d="M12 4l2.400 5 5.600.800-4 3.900.900 5.500L12 16.600l-4.900 2.600.900-5.500-4-3.900 5.600-.800z"
    fill="currentColor"
  />,
);
export const ArrowDownIcon = icon(<path d="M12 5v14m0 0l-6-6m6 6l6-6" />);
export const ChevronIcon = icon(<path d="M6 9l6 6 6-6" />);
