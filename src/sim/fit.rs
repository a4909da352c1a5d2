//! A straight line through noisy points when something about its slope is known beforehand: weighted least squares
//! with a Gaussian prior on the slope (Bayesian linear regression; Bishop, Pattern Recognition and Machine Learning,
//! §3.3). With few points the prior speaks, with many the points do.

/// A point with its standard deviation.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    /// Where.
    pub x: f64,
    /// What was measured there.
    pub y: f64,
    /// How well.
    pub sigma: f64,
}

/// What is known of the slope beforehand.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Slope {
    /// The likeliest slope.
    pub mean: f64,
    /// Its standard deviation.
    pub sigma: f64,
}

/// A fitted line.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Line {
    centre: f64,
    height: f64,
    height_variance: f64,
    /// The slope, and how well it is known now.
    pub slope: Slope,
}

impl Line {
    /// Fits a line; `None` without points.
    pub fn fit(points: impl Iterator<Item = Point> + Clone, prior: Slope) -> Option<Self> {
        let weight = |p: &Point| 1.0 / (p.sigma * p.sigma);
        let total: f64 = points.clone().map(|p| weight(&p)).sum();
        if total <= 0.0 {
            return None;
        }
        let centre = points.clone().map(|p| weight(&p) * p.x).sum::<f64>() / total;
        let height = points.clone().map(|p| weight(&p) * p.y).sum::<f64>() / total;
        // About the centre, height and slope are independent.
        let sxx: f64 = points.clone().map(|p| weight(&p) * (p.x - centre).powi(2)).sum();
        let sxy: f64 = points.map(|p| weight(&p) * (p.x - centre) * (p.y - height)).sum();
        let prior_weight = 1.0 / (prior.sigma * prior.sigma);
        let slope_weight = sxx + prior_weight;
        Some(Self {
            centre,
            height,
            height_variance: 1.0 / total,
            slope: Slope {
                mean: (sxy + prior_weight * prior.mean) / slope_weight,
                sigma: slope_weight.sqrt().recip(),
            },
        })
    }

    /// The line's height somewhere.
    pub fn at(&self, x: f64) -> f64 {
        self.height + self.slope.mean * (x - self.centre)
    }

    /// The standard deviation of that height.
    pub fn sigma_at(&self, x: f64) -> f64 {
        (self.height_variance + (self.slope.sigma * (x - self.centre)).powi(2)).sqrt()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const VAGUE: Slope = Slope { mean: 0.0, sigma: 1e3 };

    fn points(slope: f64, n: usize) -> Vec<Point> {
        (0..n).map(|i| Point { x: i as f64, y: 3.0 + slope * i as f64, sigma: 0.1 }).collect()
    }

    proptest! {
        #[test]
        fn with_many_points_the_line_is_found(slope in -5.0f64..5.0) {
            let line = Line::fit(points(slope, 20).into_iter(), VAGUE).unwrap();
            prop_assert!((line.slope.mean - slope).abs() < 1e-6);
            prop_assert!((line.at(40.0) - (3.0 + slope * 40.0)).abs() < 1e-4);
        }
    }

    #[test]
    fn with_one_point_the_prior_speaks() {
        let prior = Slope { mean: 2.0, sigma: 0.5 };
        let line = Line::fit(points(-9.0, 1).into_iter(), prior).unwrap();
        assert_eq!(line.slope, prior);
        assert!((line.at(1.0) - 5.0).abs() < 1e-9);
        assert!(line.sigma_at(10.0) > line.sigma_at(0.0));
    }

    #[test]
    fn without_points_there_is_no_line() {
        assert_eq!(Line::fit(std::iter::empty(), VAGUE), None);
    }
}
