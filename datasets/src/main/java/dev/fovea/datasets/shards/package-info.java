/// Two parallel sets of WebDataset shards, pictures and captioned boxes, as the reference recipe writes them.
@NullMarked
package dev.fovea.datasets.shards;

import org.jspecify.annotations.NullMarked;
