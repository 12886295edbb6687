@NullMarked
package malloc9.memstat.view;

import org.jspecify.annotations.NullMarked;
