/**
 * Tests of the commits in {@code REQUIREMENTS.md}. Each commit that demands behaviour has one class, named by its row, with the test that
 * the row describes.
 *
 * <p>The following rows are of kind H (hygiene) and have no behaviour that a test could observe. Only row 41 has a class, which tests that
 * the profile works in every kernel.
 * <ul>
 *   <li>10: C99's integer type names; Java has one name for each type.
 *   <li>14: removes a dead assignment in free(); the compiler's checks find such assignments.
 *   <li>20: hygiene of macros; Java has no macros.
 *   <li>21: the bounds of the map are integers and not pointers; here every address is a {@code long}.
 *   <li>22: the spelling of a comment.
 *   <li>23: reverts the abstract counters of row 25, so that neither row changed any behaviour.
 *   <li>39: casts for a print; a {@code long} is printed as it is.
 *   <li>41: a variable that is unused where MALLOC_PROFILE is compiled in; here the profile is always compiled in.
 *   <li>42: a typo.
 *   <li>44: the style of declarations; here the formatter enforces the style.
 *   <li>46: marks in licence comments; here there is one licence file.
 * </ul>
 */
@NullMarked
package dev.malloc9.history;

import org.jspecify.annotations.NullMarked;
