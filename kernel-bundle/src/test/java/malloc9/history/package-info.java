/**
 * One class for each commit of {@code REQUIREMENTS.md} that demands behaviour, named by its row, with
 * the row's own test.
 *
 * <p>These rows are of kind H, hygiene, and have no behaviour that a test could see:
 * <ul>
 *   <li>10: C99's integer type names; Java has one name for each.
 *   <li>14: a dead assignment in free() removed; the compiler's checks find such.
 *   <li>20: hygiene of macros, which Java has none of.
 *   <li>21: the map's bounds are integers and no pointers; here every address is a {@code long}.
 *   <li>22: the spelling of a comment.
 *   <li>23: takes the abstract counters of row 25 back, so that neither changed anything.
 *   <li>39: casts for a print; {@code long} prints as it is.
 *   <li>41: an unused variable where MALLOC_PROFILE is compiled in; here the profile is always compiled.
 *   <li>42: a typo.
 *   <li>44: the style of declarations; the formatter's business.
 *   <li>46: marks in licence comments; there is one licence file.
 * </ul>
 */
@NullMarked
package malloc9.history;

import org.jspecify.annotations.NullMarked;
