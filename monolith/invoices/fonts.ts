import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/*
 * IBM Plex Sans (OFL-1.1): Latin with all its accents, Greek without accents, Cyrillic; figures of one width, so that
 * columns stand straight. What it has no glyph for is printed as an empty box and still copied as the right text.
 */
const read = (url: string) => readFileSync(fileURLToPath(url));

/** Read once, at the first import: 0.4 MB. */
export const FONTS = {
  regular: read(
    import.meta.resolve("@expo-google-fonts/ibm-plex-sans/400Regular/IBMPlexSans_400Regular.ttf"),
  ),
  bold: read(import.meta.resolve("@expo-google-fonts/ibm-plex-sans/600SemiBold/IBMPlexSans_600SemiBold.ttf")),
} as const;
