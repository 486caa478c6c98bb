package dev.fovea.datasets.images;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.fovea.datasets.Box;
import dev.fovea.datasets.Seeds;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class CropTest {
    private static final List<Double> AREA = List.of(0.9, 1.0);
    private static final List<Double> ASPECT = List.of(0.75, 4.0 / 3);

    @Test
    void randomCropsKeepTheirPromises() {
        for (long seed = 0; seed < 500; seed++) {
            SplittableRandom random = Seeds.random(seed);
            int width = random.nextInt(40, 400);
            int height = random.nextInt(40, 400);
            Crop crop = Crop.random(random, width, height, AREA, ASPECT);
            assertThat(crop.x()).as("seed %d", seed).isBetween(0, width - crop.width());
            assertThat(crop.y()).as("seed %d", seed).isBetween(0, height - crop.height());
            double aspect = (double) crop.width() / crop.height();
            assertThat(aspect).as("aspect, seed %d", seed).isBetween(0.75 * 0.95, 4.0 / 3 * 1.05);
            double share = (double) crop.width() * crop.height() / (width * height);
            double pictureAspect = (double) width / height;
            if (pictureAspect > 0.9 && pictureAspect < 1.1) {
                assertThat(share).as("area, seed %d", seed).isBetween(0.87, 1.0);
            }
        }
    }

    @Test
    void aFullAreaOfASquareIsTheWholePicture() {
        Crop crop = Crop.random(Seeds.random(1), 61, 61, List.of(1.0, 1.0), List.of(1.0, 1.0));
        assertThat(crop).isEqualTo(Crop.whole(61, 61));
    }

    @Test
    void aWidePictureFallsBackToItsMiddle() {
        assertThat(Crop.random(Seeds.random(1), 400, 100, AREA, ASPECT)).isEqualTo(new Crop(133, 0, 133, 100));
        assertThat(Crop.random(Seeds.random(1), 90, 360, AREA, ASPECT)).isEqualTo(new Crop(0, 120, 90, 120));
    }

    @Test
    void mapsBoxesIntoTheSquare() {
        Crop crop = new Crop(10, 20, 100, 50);
        Box box = crop.map(new Box(0, 30, 60, 200), 200);
        assertThat(box).isEqualTo(new Box(0, 40, 100, 200));
        for (long seed = 0; seed < 200; seed++) {
            SplittableRandom random = Seeds.random(seed);
            double x = random.nextDouble(10, 100);
            double y = random.nextDouble(20, 60);
            Box inside = new Box(x, y, x + 5, y + 5);
            Box mapped = crop.map(inside, 200);
            assertThat(mapped.x0() / 200 * 100 + 10).as("seed %d", seed).isCloseTo(x, within(1e-9));
            assertThat(mapped.height() / 200 * 50).as("seed %d", seed).isCloseTo(5, within(1e-9));
        }
    }
}
