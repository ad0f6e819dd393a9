// Where things lie in the memory of the kernel (kernel/assembly/keypoints.ts, agreement.ts), bytes; plain numbers, since both
// AssemblyScript and TypeScript read this file.

/** A point: x and y in pixels of the picture brought to the side asked for, radians, scale; then its tests. */
export const X_OF = 0;
export const Y_OF = 4;
export const ANGLE_OF = 8;
export const SCALE_OF = 12;
export const TESTS_OF = 16;
export const TESTS_PER_POINT = 256;
export const POINT_BYTES = 48;

/** A picture is brought to no longer side than this. */
export const LONGEST_SIDE = 512;
/** Pixels of a picture before that. */
export const MOST_PIXELS = 1048576;
/** Points of a picture at the most. */
export const MOST_POINTS = 600;
